/** Verdicts and events as JSON for other programs. @see docs/guide/webhooks.md */
import { exactDocument } from '#kernel';
import type { GateEvent, GateEventBody, GateVerdict } from './model.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The document of a verdict without its `v`: paths as text, and their bytes beside those that are not Unicode. */
export function verdictDocument({ path, of, placed, ...verdict }: GateVerdict): Fields {
  const { recording, release, reasons, tookMs } = verdict;
  return exact({ path, verdict: verdict.verdict, of, recording, release, reasons, placed, tookMs });
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
      return exact({ path: body.path, code: body.code, message: body.message });
    case 'file.renamed':
      return exact({ path: body.path, from: body.from, inbox: body.inbox, verdict: body.verdict });
    case 'file.promoted': {
      const { path, insteadOf, recording } = body;
      return exact({ path, insteadOf, recording });
    }
  }
}

function exact(fields: Fields): Fields {
  return exactDocument(fields) as Fields;
}
