import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    restoreMocks: true,
    testTimeout: 60_000, // a busy machine is no fault
  },
});
