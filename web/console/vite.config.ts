import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/web/console/",
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../../server/web/hashed/console",
    emptyOutDir: true,
    target: "es2022",
    assetsDir: ".",
    modulePreload: { polyfill: false },
  },
});
