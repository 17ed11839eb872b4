/** Bytes → content-defined chunks → matches → extents. */
export * from './anchors.ts';
export * from './chunk-sizes.ts';
export type { Container, Masker, Restorer } from './containers/container.ts';
export * from './containers/known-containers.ts';
export { createGear, type Gear } from './gear.ts';
export * from './share.ts';
