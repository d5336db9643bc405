import { Button, Group, SegmentedControl, SimpleGrid, Stack, Switch, TagsInput, Text, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { ConditionRow } from './condition-row.js';
import { readFilter, switched, type FilterInput } from './filter-input.js';
import { LISTS, NEW_CONDITION, type FilterDraft } from './filter-model.js';

const LIST_WORDS = {
  devices: ['Devices', 'PRNs or identifiers'],
  cohorts: ['Cohorts', 'PRNs'],
  tags: ['Tags', 'of the device; of the shipped types only device.updated has them'],
  products: ['Products', 'PRNs'],
} as const;

interface Props {
  value: FilterInput;
  onChange: (value: FilterInput) => void;
  /** Places that events of the chosen types have. */
  pointers: readonly string[];
  error: string | undefined;
}

/** A filter without writing JSON; what is too deep for rows can be written as JSON all the same. */
export function FilterBuilder({ value, onChange, pointers, error }: Props): ReactNode {
  return (
    <Stack gap="sm">
      <Switch
        label="Write it as JSON"
        checked={value.kind === 'json'}
        onChange={({ currentTarget }) => onChange(switched(value, currentTarget.checked ? 'json' : 'rows'))}
      />
      {value.kind === 'json' ? (
        <JsonFilter value={value} onChange={onChange} />
      ) : (
        <Rows draft={value.rows} onChange={(rows) => onChange({ kind: 'rows', rows })} pointers={pointers} />
      )}
      {error !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}

interface RowsProps {
  draft: FilterDraft;
  onChange: (draft: FilterDraft) => void;
  pointers: readonly string[];
}

function Rows({ draft, onChange, pointers }: RowsProps): ReactNode {
  const { lists, join, conditions } = draft;
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {LISTS.map((name) => (
          <TagsInput
            key={name}
            label={LIST_WORDS[name][0]}
            description={LIST_WORDS[name][1]}
            placeholder="any"
            value={[...lists[name]]}
            onChange={(values) => onChange({ ...draft, lists: { ...lists, [name]: values } })}
            maxTags={100}
          />
        ))}
      </SimpleGrid>
      {conditions.length > 1 && (
        <SegmentedControl
          aria-label="How conditions go together"
          data={[
            { value: 'and', label: 'All conditions must hold' },
            { value: 'or', label: 'One is enough' },
          ]}
          value={join}
          onChange={(next) => onChange({ ...draft, join: next === 'or' ? 'or' : 'and' })}
        />
      )}
      {conditions.map((condition, index) => (
        <ConditionRow
          key={index}
          number={index + 1}
          value={condition}
          pointers={pointers}
          onChange={(next) => onChange({ ...draft, conditions: conditions.with(index, next) })}
          onRemove={() => onChange({ ...draft, conditions: conditions.toSpliced(index, 1) })}
        />
      ))}
      <Group>
        <Button
          variant="default"
          size="xs"
          onClick={() => onChange({ ...draft, conditions: [...conditions, NEW_CONDITION] })}
        >
          Add a condition
        </Button>
      </Group>
    </>
  );
}

interface JsonFilterProps {
  value: FilterInput & { readonly kind: 'json' };
  onChange: (value: FilterInput) => void;
}

function JsonFilter({ value, onChange }: JsonFilterProps): ReactNode {
  const typed = readFilter(value);
  return (
    <Textarea
      label="Filter"
      description="As described in docs/filters.md; empty lets everything through"
      placeholder='{"where": {"pointer": "/data/data/reason", "eq": "device_is_archived"}}'
      autosize
      minRows={5}
      maxRows={20}
      classNames={{ input: 'mono' }}
      value={value.text}
      onChange={({ currentTarget }) => onChange({ kind: 'json', text: currentTarget.value })}
      error={typed.kind === 'wrong' && typed.message}
    />
  );
}
