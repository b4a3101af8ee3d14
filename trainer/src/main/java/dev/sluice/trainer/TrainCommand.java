package dev.sluice.trainer;

import dev.sluice.trainer.unclip.TrainShapesUnclip;
import picocli.CommandLine.Command;

/** {@code sluice train}: one subcommand for each model that our trainer can make. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Train a model.",
    subcommands = TrainShapesUnclip.class)
public final class TrainCommand {}
