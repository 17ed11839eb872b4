/** Which files are playlists, and in which form: told by the name, as players do. */
import { type BytePath, extensionOf } from '#kernel';

/** How a playlist is laid out; `m3u8` is `m3u` that promises to be UTF-8. */
export type PlaylistForm = 'm3u' | 'm3u8' | 'pls' | 'xspf';

const FORMS: ReadonlySet<string> = new Set<PlaylistForm>(['m3u', 'm3u8', 'pls', 'xspf']);

/** Does the name promise a playlist that we can read? */
export function isPlaylist(path: BytePath): boolean {
  return isForm(extensionOf(path));
}

/** The form that the name promises; what promises none is read as `m3u`, the one without any rules. */
export function formOf(path: BytePath): PlaylistForm {
  const extension = extensionOf(path);
  return isForm(extension) ? extension : 'm3u';
}

function isForm(extension: string): extension is PlaylistForm {
  return FORMS.has(extension);
}
