import path from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const WHOLE = path.join(import.meta.dirname, 'test/');

/**
 * Tests of the whole product first: they take longest, and one that began last would leave the other processors idle. The
 * order that Vitest remembers from the run before comes first within each half.
 */
class WholeFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWhole = ({ moduleId }: TestSpecification): boolean => moduleId.startsWith(WHOLE);
    return [...sorted.filter(isWhole), ...sorted.filter((file) => !isWhole(file))];
  }
}

const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One more than the machines that run them have processors: many tests wait for watchers, mounts and servers.
    maxWorkers: 3,
    sequence: { sequencer: WholeFirst },
  },
});

export default config;
