import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Operations } from '@fleethook/contract';
import { fieldProblem } from '../../../api/problem.js';
import { Panel } from '../../../ui/panel.js';
import { ProblemAlert } from '../../../ui/problem-alert.js';
import { JsonField } from './json-field.js';
import { readJsonObject } from '../../../ui/json-object.js';

/** A type of events as the form has it: texts where somebody types. */
export interface EventTypeDraft {
  readonly name: string;
  readonly description: string;
  readonly schema: string;
  readonly example: string;
}

const SHOWN = ['name', 'description', 'schema', 'example'];

interface Props {
  initial: EventTypeDraft;
  /** It cannot be changed. */
  isNameFixed?: boolean;
  /** What the button says. */
  action: string;
  isPending: boolean;
  error: Error | null;
  onSubmit: (input: Operations['POST /event-types']['body']) => void;
  onCancel: () => void;
}

export function EventTypeForm(props: Props): ReactNode {
  const { initial, isNameFixed = false, action, isPending, error, onSubmit, onCancel } = props;
  const [draft, setDraft] = useState(initial);
  const change = (changes: Partial<EventTypeDraft>): void => setDraft((last) => ({ ...last, ...changes }));
  const schema = readJsonObject(draft.schema);
  const example = readJsonObject(draft.example);
  const name = draft.name.trim();
  const description = draft.description.trim();
  const isComplete = name !== '' && description !== '' && schema.kind === 'fine' && example.kind === 'fine';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isComplete) onSubmit({ name, description, schema: schema.value, example: example.value });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Panel title="What it is">
          <TextInput
            label="Name"
            placeholder="door.opened"
            description="A category and an event: lower case, digits and underscores"
            required
            autoFocus={!isNameFixed}
            disabled={isNameFixed}
            value={draft.name}
            onChange={({ currentTarget }) => change({ name: currentTarget.value })}
            error={fieldProblem(error, 'name')}
            classNames={{ input: 'mono' }}
          />
          <Textarea
            label="Description"
            placeholder="When it happens"
            required
            autosize
            value={draft.description}
            onChange={({ currentTarget }) => change({ description: currentTarget.value })}
            error={fieldProblem(error, 'description')}
          />
        </Panel>
        <Panel
          title="Payload"
          intro="What data.data of the event holds. The intake refuses what does not fit the schema."
        >
          <JsonField
            label="JSON Schema"
            description="Draft 2020-12, self-contained, at most 32 KiB"
            text={draft.schema}
            typed={schema}
            onChange={(text) => change({ schema: text })}
            problem={fieldProblem(error, 'schema')}
          />
          <JsonField
            label="Example"
            description="A payload that fits the schema"
            text={draft.example}
            typed={example}
            onChange={(text) => change({ example: text })}
            problem={fieldProblem(error, 'example')}
          />
        </Panel>
        <ProblemAlert error={error} title="Nothing was stored" shown={SHOWN} />
        <Group>
          <Button type="submit" loading={isPending} disabled={!isComplete}>
            {action}
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
