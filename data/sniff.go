package data

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is a format of picture files that Decode reads.
type kind string

const (
	kindJPEG kind = "JPEG"
	kindPNG  kind = "PNG"
	kindGIF  kind = "GIF"
	kindWebP kind = "WebP"
	kindBMP  kind = "BMP"
	kindTIFF kind = "TIFF"
)

// accepted lists the formats for messages.
const accepted = "JPEG, PNG, GIF, WebP, BMP or TIFF"

// extensions are the endings, in lower case, of the files that Open takes for
// pictures. Decode goes by the content and not by the name.
var extensions = []string{".jpg", ".jpeg", ".jfif", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff"}

// signature is how files of one format begin; '?' stands for any byte.
type signature struct {
	begin string
	kind  kind   // a format we read, or
	found string // the words for another one
}

var signatures = []signature{
	{begin: "\xff\xd8\xff", kind: kindJPEG},
	{begin: "\x89PNG\r\n\x1a\n", kind: kindPNG},
	{begin: "GIF87a", kind: kindGIF},
	{begin: "GIF89a", kind: kindGIF},
	{begin: "RIFF????WEBP", kind: kindWebP},
	{begin: "BM????\x00\x00\x00\x00", kind: kindBMP},
	{begin: "II*\x00", kind: kindTIFF},
	{begin: "MM\x00*", kind: kindTIFF},
	{begin: "????ftypavif", found: "an AVIF picture"},
	{begin: "????ftyphei", found: "a HEIC photo"},
	{begin: "????ftyphev", found: "a HEIC photo"},
	{begin: "????ftypmif1", found: "a HEIC photo"},
	{begin: "????ftyp", found: "a video"},
	{begin: "\xff\x0a", found: "a JPEG XL picture"},
	{begin: "\x00\x00\x00\x0cJXL ", found: "a JPEG XL picture"},
	{begin: "8BPS", found: "a Photoshop file"},
	{begin: "%PDF", found: "a PDF document"},
	{begin: "PK\x03\x04", found: "a zip archive"},
	{begin: "\x1f\x8b", found: "a gzip archive"},
}

func (s signature) matches(b []byte) bool {
	if len(b) < len(s.begin) {
		return false
	}
	for i := range len(s.begin) {
		if s.begin[i] != '?' && s.begin[i] != b[i] {
			return false
		}
	}
	return true
}

// sniff tells the format of a file from its first bytes: the kind, or, where
// Decode cannot read it, words for what it is.
func sniff(b []byte) (kind, string) {
	if len(b) == 0 {
		return "", "an empty file"
	}
	for _, s := range signatures {
		if s.matches(b) {
			return s.kind, s.found
		}
	}
	if words, ok := describeText(b); ok {
		return "", words
	}
	return "", fmt.Sprintf("unknown data that begins with the bytes % x", b[:min(len(b), 4)])
}

// describeText says what kind of text b is, and quotes its beginning.
func describeText(b []byte) (string, bool) {
	head := b[:min(len(b), 256)]
	for range utf8.UTFMax - 1 { // the cut may have split a character
		if len(head) == len(b) || utf8.Valid(head) {
			break
		}
		head = head[:len(head)-1]
	}
	if !utf8.Valid(head) || bytes.ContainsFunc(head, func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n\f", r)
	}) {
		return "", false
	}
	lower := bytes.ToLower(head)
	switch {
	case bytes.Contains(lower, []byte("<svg")):
		return "an SVG drawing", true
	case bytes.Contains(lower, []byte("<html")), bytes.Contains(lower, []byte("<!doctype html")):
		return "a web page", true
	}
	words := []rune(strings.Join(strings.Fields(string(head)), " "))
	if len(words) > 20 {
		return fmt.Sprintf("text (%q...)", string(words[:20])), true
	}
	return fmt.Sprintf("text (%q)", string(words)), true
}
