/** Gateway and stages in one process: no code of its own, only what it is put together of. */
package dev.sluice.together;
