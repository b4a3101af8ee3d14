/** Pictures that are drawn code by code. */
package dev.sluice.pipeline.code;
