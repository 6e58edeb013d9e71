// The C this project keeps: loops that a measurement showed to be several times slower in portable Swift, because Swift
// has no function multi-versioning, and the signal plumbing that Swift cannot express.
#pragma once
#include "foreground.h"
#include "layers.h"
#include "panels.h"
#include "precision.h"
#include "terminal.h"
#include "training.h"
