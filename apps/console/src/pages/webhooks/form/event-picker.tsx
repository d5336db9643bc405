import { Accordion, Anchor, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import { Json } from '../../../ui/code.js';

type EventType = Schemas['EventType'];

interface Props {
  types: readonly EventType[];
  value: readonly string[];
  onChange: (names: string[]) => void;
  error: string | undefined;
}

/** Above this many a search field is worth its place. */
const MANY = 12;

export function EventPicker({ types, value, onChange, error }: Props): ReactNode {
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const shown = types.filter(
    ({ name, description }) => name.includes(wanted) || description.toLowerCase().includes(wanted),
  );
  return (
    <Stack gap="xs">
      {types.length > MANY && (
        <TextInput
          placeholder="Search by name or meaning"
          aria-label="Search events"
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      <Group gap="md">
        <Text size="sm">{value.length} chosen</Text>
        <Anchor component="button" type="button" size="sm" onClick={() => onChange(shown.map(({ name }) => name))}>
          Choose all that are shown
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={() => onChange([])}>
          Choose none
        </Anchor>
      </Group>
      <Checkbox.Group aria-label="Events" value={[...value]} onChange={onChange} error={error}>
        <Accordion variant="contained" chevronPosition="right" multiple>
          {shown.map((type) => (
            <EventOption key={type.name} type={type} />
          ))}
        </Accordion>
      </Checkbox.Group>
    </Stack>
  );
}

function EventOption({ type: { name, description, example } }: { type: EventType }): ReactNode {
  return (
    <Accordion.Item value={name}>
      <Group wrap="nowrap" gap="xs" pl="sm">
        <Checkbox
          value={name}
          label={<span className="mono">{name}</span>}
          description={description}
          flex={1}
          miw={0}
          py={8}
        />
        <Accordion.Control w="auto" aria-label={`Example of ${name}`}>
          <Text size="xs" c="dimmed">
            Example
          </Text>
        </Accordion.Control>
      </Group>
      <Accordion.Panel>
        <Json value={example} label={`Payload of ${name}`} note="data.data of what is delivered" />
      </Accordion.Panel>
    </Accordion.Item>
  );
}
