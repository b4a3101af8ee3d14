import { defineConfig } from "vitest/config";

// `npm run dev` shows the page with what a running instance answers: SLUICE=http://127.0.0.1:8080
const gateway = process.env.SLUICE ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "./",
  build: {
    // Where Quarkus looks for what it serves at the root.
    outDir: "target/classes/META-INF/resources",
    emptyOutDir: true,
    // A data: address in a style sheet would need a wider policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/v1": { target: gateway, changeOrigin: false } },
    // What tests leave is no reason to load the page anew.
    watch: { ignored: ["**/target/**"] },
  },
  test: { include: ["test/**/*.test.ts"] },
});
