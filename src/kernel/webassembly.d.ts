// The little of WebAssembly that kernels use, declared here instead of pulling in the DOM library.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  interface MemorySize {
    /** In pages of 64 KiB, as `maximum`. */
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }
  class Memory {
    /** A memory that threads can share. */
    constructor(size: MemorySize);
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}
