/** A rules file imported as a module: the bundler and jest put what `loadRules` gives in its place. */
declare module '*.yml' {
  const rules: import('./config.ts').RulesConfig;
  export default rules;
}
