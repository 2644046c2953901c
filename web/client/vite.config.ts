import { defineConfig } from "vite";

// The package as one module; nothing of it is served by the server.
export default defineConfig({
  build: {
    outDir: "dist",
    target: "es2022",
    minify: false,
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "index.js" },
  },
});
