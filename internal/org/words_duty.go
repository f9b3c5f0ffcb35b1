package org

import (
	"context"

	"neike/internal/kit/actor"
)

// mayImport says whether the reader gets to the page of imports.
func mayImport(ctx context.Context) bool { return actor.From(ctx).Has("admin") }
