// Package browsertest works the built site in a real browser, as a person
// would: it holds tests only. They need a Chromium (its path in CHROMIUM, or
// chromium on the PATH) and the site that `make site` writes (its folder in
// UNMASK_SITE, or site); where one is missing they skip, unless
// UNMASK_REQUIRE_BROWSER=1 makes that a failure.
package browsertest
