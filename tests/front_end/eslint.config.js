// The rules for the front end's TypeScript: what typescript-eslint recommends where types are known.

import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig({
  files: ["**/*.ts"],
  extends: [ts.configs.recommendedTypeChecked],
  languageOptions: { parserOptions: { projectService: true } },
});
