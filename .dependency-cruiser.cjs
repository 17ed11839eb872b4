// The import rules of ARCHITECTURE.md. Each is planted and seen to fire in test/rules.test.ts.
const core = 'kernel|audio|fingerprint|signal|matching|picture|chunking';
const library = 'catalogue|filing';
const features = 'sweep|review|gate|backup|store';
const entries = '^src/main/(cli|mount-server|mount-thread|searcher|sweeper|worker)\\.ts$';
const production = { pathNot: '\\.(test|contract)\\.ts$' };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one idea or three.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-imports-nothing',
      severity: 'error',
      comment: 'Everybody shares the kernel, so it can depend on nobody.',
      from: { path: '^src/kernel/', ...production },
      to: { pathNot: '^src/kernel/' },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment:
        'The core computes: no packages and no Node built-ins, so that it runs anywhere and its tests need nothing.',
      from: { path: `^src/(${core})/`, ...production },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'core'] },
    },
    {
      name: 'core-knows-no-library',
      severity: 'error',
      comment: 'Lower layers never know higher ones.',
      from: { path: `^src/(${core})/` },
      to: { path: `^src/(${library}|${features}|adapters|http|cli|main)/` },
    },
    {
      name: 'library-knows-no-feature',
      severity: 'error',
      comment: 'Lower layers never know higher ones.',
      from: { path: `^src/(${library})/`, ...production },
      to: { path: `^src/(${features}|adapters|http|cli|main)/` },
    },
    {
      name: 'features-are-strangers',
      severity: 'error',
      comment: 'A feature that needs another declares a port, and main joins them.',
      from: { path: `^src/(${features})/`, ...production },
      to: { path: `^src/(${features}|adapters|http|cli|main)/`, pathNot: '^src/$1/' },
    },
    {
      name: 'adapters-import-types-only',
      severity: 'error',
      comment: 'An adapter fulfils a port; it may know shapes and the kernel, not behaviour.',
      from: { path: '^src/adapters/', ...production },
      to: { path: `^src/(?!kernel/|adapters/)`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      comment: 'Technologies do not know each other.',
      from: { path: '^src/adapters/([^/]+)/', ...production },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'front-doors-only',
      severity: 'error',
      comment: 'A module is reached through its index; tests also reach the contract that stands beside a port.',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/[^/]+/',
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/adapters/[^/]+/index\\.ts$', '\\.contract\\.ts$'],
      },
    },
    {
      name: 'packages-at-the-edge',
      severity: 'error',
      comment: 'npm packages live in adapters, http, cli, config and main, where they can be changed.',
      from: { path: '^src/', pathNot: ['^src/(adapters|http|cli|config|main)/', '\\.(test|contract)\\.ts$'] },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'devices-in-adapters',
      severity: 'error',
      comment: 'Files, processes and sockets are touched in adapters alone, so that every fault can be injected.',
      from: { path: '^src/', pathNot: ['^src/adapters/', '\\.(test|contract)\\.ts$'] },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|fs/promises|child_process|net|http|https|dgram|tls|cluster)$',
      },
    },
    {
      name: 'shipped-code-imports-no-tests',
      severity: 'error',
      comment: 'Tests are not shipped.',
      from: { path: '^src/', ...production },
      to: { path: '(\\.(test|contract)\\.ts$|^test/|^tools/)' },
    },
    {
      name: 'reachable',
      severity: 'error',
      comment: 'What no entry reaches is dead. The plain twin of a kernel lives for the tests.',
      from: { path: entries },
      to: {
        path: '^src/',
        pathNot: [entries, '\\.(test|contract)\\.ts$', '\\.as\\.ts$', '\\.d\\.ts$', '-plain\\.ts$'],
        reachable: false,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.as\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'node', 'import', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
