/** File systems of the tree through libfuse 3, by fuse-napi: for systems other than Linux. See docs/design/mount.md. */
export { mountByNapi, type NapiMountOptions } from './mount-by-napi.ts';
export { type MountPlace, placeToMount } from './mount-place.ts';
