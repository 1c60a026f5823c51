// Command page is the browser's page: the components of package app on the main
// thread, with an engine in a Worker beside it.
package main

import (
	ui "github.com/maxence-charriere/go-app/v9/pkg/app"

	"unmask/app"
)

func main() {
	app.Register(browser{})
	ui.RunWhenOnBrowser()
}
