/** OpenAI's Images and Models APIs. */
package dev.sluice.gateway.door.openai;
