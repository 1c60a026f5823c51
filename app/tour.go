package app

// tourStep is one step of the guided tour: what it says and what of the view it shows.
type tourStep struct {
	title, text string
	shows       string // the section
	set         func(*inside)
}

// tour explains the network with the visitor's own photo.
var tour = []tourStep{
	{
		title: "Hide most, guess the rest",
		text: "This is your photo with most of its 32x32 patches hidden, and what the network makes of it. It learnt on thousands of photos to fill in what it cannot see. " +
			"That is a masked autoencoder; built of convolutions alone it is called FCMAE. Nobody had to say what the photos show.",
		shows: "inside-picture",
	},
	{
		title: "Only look at what is there",
		text: "A convolution looks at its neighbours. An ordinary one carries the visible part (light) into the hidden one (orange), three positions further with every block, " +
			"and after a few layers the mask is gone: hiding teaches nothing any more. A sparse convolution has no hidden positions. It computes what is visible, and the rest stays hidden to the end. It is faster, too.",
		shows: "inside-leak",
	},
	{
		title: "When all channels say the same",
		text: "A layer has many channels, each with a question of its own to the picture. In training many come to give the same answer, or none: features collapse. " +
			"The curve tells how different the channels of each block are: near 0 they are alike, at 0.5 they have nothing in common. In the paper, pre-trained V2 keeps above V1 in most layers.",
		shows: "inside-collapse",
	},
	{
		title: "Let channels compete",
		text: "Global response normalisation, GRN, is the remedy of ConvNeXt V2. It compares each channel's strength with that of the others, N, and lets training decide, by γ and β, " +
			"what a strong channel gains and a weak one loses. Here are the channels of a block before and after it.",
		shows: "inside-grn",
		set:   func(i *inside) { i.place, i.part, i.sort = "stages.2.0", partAfter, byGain },
	},
	{
		title: "What pre-training gives",
		text: "These are channels of the first block: edges, light and dark, colours, textures. All of it was learnt by filling in patches. A classifier that begins with them, instead of with noise, " +
			"needs fewer pictures with names. Try it with your own in Classify, or teach the network your photos in Pre-train.",
		shows: "inside-channels",
		set:   func(i *inside) { i.place, i.part, i.sort = firstPlace, partBefore, byStrength },
	},
}

// visit goes to a step of the tour, from 1; 0 and what is behind the last leave it.
func (i *inside) visit(step int) []request {
	if step < 0 || step > len(tour) {
		step = 0
	}
	i.step = step
	if step > 0 && tour[step-1].set != nil {
		tour[step-1].set(i)
		if !i.hasPart(parts[i.part].suffix) {
			i.part = partOutput
		}
		if i.channels != nil {
			i.arrange() // no answer brings the order where the layer is the same
		}
	}
	return i.refresh()
}

// hides reports whether the tour leaves a section out.
func (i *inside) hides(section string) bool {
	return i.step > 0 && tour[i.step-1].shows != section
}
