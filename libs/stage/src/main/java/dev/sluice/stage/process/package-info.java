/** What concerns a stage's process as a whole: its end, its log, its memory for pictures. */
package dev.sluice.stage.process;
