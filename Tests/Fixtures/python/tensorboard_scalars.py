"""Prints every scalar that TensorBoard finds below a folder: run, tag, step, wall time, value, separated by tabs."""

import sys

from tensorboard.backend.event_processing import event_accumulator, event_multiplexer

runs = event_multiplexer.EventMultiplexer(size_guidance={event_accumulator.SCALARS: 0})
runs.AddRunsFromDirectory(sys.argv[1])
runs.Reload()
for run, tags in sorted(runs.Runs().items()):
    for tag in sorted(tags["scalars"]):
        for event in runs.Scalars(run, tag):
            print(run, tag, event.step, repr(event.wall_time), repr(float(event.value)), sep="\t")
