import tseslint from "typescript-eslint";

/** The size budget of the design: files aim at 150 lines, functions at 20; these are the hard limits. */
const size = {
  "max-lines": ["error", { max: 300, skipBlankLines: false, skipComments: false }],
  "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
  complexity: ["error", 12],
};

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "**/node_modules/", "**/fixtures/**"] },
  {
    files: ["**/*.ts"],
    ignores: ["examples/**", "templates/**"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...size,
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/require-await": "off",
      eqeqeq: "error",
    },
  },
  {
    // A resource's outputs are typed by merging the class with a mapped interface: one truth for names and doc comments (sdk/resource.ts).
    files: ["sdk/**/*.ts"],
    rules: { "@typescript-eslint/no-empty-object-type": "off", "@typescript-eslint/no-unsafe-declaration-merging": "off" },
  },
  {
    // `test` and `describe` of node:test return promises that the runner awaits; a suite is one function however many tests it holds.
    files: ["tests/**/*.ts", "bench/**/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "off", "max-lines-per-function": "off" },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    rules: { ...size, "no-unused-vars": "error", eqeqeq: "error", "prefer-const": "error" },
    languageOptions: { ecmaVersion: 2023 },
  },
);
