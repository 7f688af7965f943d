import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./", // Django says where static files live
  plugins: [tailwindcss()],
  build: {
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0, // data: addresses are for pictures only (CSP)
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: [
        "src/styles/app.css",
        "src/styles/field.css",
        "src/desk.ts",
        "src/resident.ts",
        "src/field.ts",
        "src/field-worker.ts",
      ],
    },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
