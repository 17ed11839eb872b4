/** Verdicts and events as JSON for other programs. @see docs/guide/webhooks.md */
import { type BytePath, base64Of, bytesOfPath, displayPath, isDisplayable } from '#kernel';
import type { GateEvent, GateEventBody, GateVerdict } from './model.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The document of a verdict without its `v`: paths as text, and their bytes beside those that are not Unicode. */
export function verdictDocument({ path, of, placed, ...verdict }: GateVerdict): Fields {
  return {
    ...pathFields('path', path),
    verdict: verdict.verdict,
    ...pathFields('of', of),
    recording: verdict.recording,
    release: verdict.release,
    reasons: verdict.reasons,
    ...pathFields('placed', placed),
    tookMs: verdict.tookMs,
  };
}

/** Names an event for good: also among those of another catalogue, or of one that was begun anew. */
export function eventId({ n, at }: GateEvent): string {
  return `evt_${n}_${at.toString(36)}`;
}

/** What is told of an event. */
export function eventDocument(event: GateEvent): Fields {
  const { at, body } = event;
  return { v: 1, id: eventId(event), type: body.type, at: new Date(at).toISOString(), data: eventData(body) };
}

function eventData(body: GateEventBody): Fields {
  switch (body.type) {
    case 'file.judged': {
      const { verdict, inbox, isAdmitted, audioHash, tags } = body;
      return { ...verdictDocument(verdict), inbox, admitted: isAdmitted, audioHash, tags };
    }
    case 'file.failed':
      return { ...pathFields('path', body.path), code: body.code, message: body.message };
    case 'file.promoted': {
      const { path, insteadOf, recording } = body;
      return { ...pathFields('path', path), ...pathFields('insteadOf', insteadOf), recording };
    }
  }
}

function pathFields(name: string, path: BytePath | null): Fields {
  if (path === null || isDisplayable(path)) return { [name]: path };
  return { [name]: displayPath(path), [`${name}Base64`]: base64Of(bytesOfPath(path)) };
}
