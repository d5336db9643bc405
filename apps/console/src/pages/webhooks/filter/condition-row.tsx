import { ActionIcon, Autocomplete, Group, NativeSelect, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { OPERATORS, type ConditionDraft, type Operator } from './filter-model.js';

interface Props {
  /** From 1, for the names of its fields. */
  number: number;
  value: ConditionDraft;
  pointers: readonly string[];
  onChange: (value: ConditionDraft) => void;
  onRemove: () => void;
}

/** A place in the event, and what must hold of the value there. */
export function ConditionRow({ number, value, pointers, onChange, onRemove }: Props): ReactNode {
  const { pointer, operator, values, reading, isNegated } = value;
  const name = (what: string): string => `Condition ${number}: ${what}`;
  return (
    <Group gap="xs" align="flex-end" wrap="wrap">
      <Autocomplete
        label={`Condition ${number}`}
        aria-label={name('place in the event')}
        placeholder="/data/data/…"
        data={[...pointers]}
        value={pointer}
        onChange={(next) => onChange({ ...value, pointer: next })}
        flex="2 1 220px"
        classNames={{ input: 'mono' }}
      />
      <NativeSelect
        aria-label={name('whether it must hold or not')}
        data={[
          { value: 'yes', label: 'must' },
          { value: 'no', label: 'must not' },
        ]}
        value={isNegated ? 'no' : 'yes'}
        onChange={({ currentTarget }) => onChange({ ...value, isNegated: currentTarget.value === 'no' })}
        w={110}
      />
      <NativeSelect
        aria-label={name('comparison')}
        data={Object.entries(OPERATORS).map(([key, label]) => ({
          value: key,
          label: label.replace(/^is /, 'be ').replace('begins', 'begin'),
        }))}
        value={operator}
        onChange={({ currentTarget }) => onChange(withOperator(value, currentTarget.value as Operator))}
        w={130}
      />
      {operator === 'in' && (
        <TagsInput
          aria-label={name('values')}
          placeholder="values"
          value={[...values]}
          onChange={(next) => onChange({ ...value, values: next })}
          flex="2 1 180px"
        />
      )}
      {operator !== 'in' && operator !== 'exists' && (
        <TextInput
          aria-label={name('value')}
          placeholder="value"
          value={values[0] ?? ''}
          onChange={({ currentTarget }) => onChange({ ...value, values: [currentTarget.value] })}
          flex="2 1 160px"
        />
      )}
      {operator !== 'exists' && operator !== 'prefix' && (
        <NativeSelect
          aria-label={name('how the value is read')}
          data={[
            { value: 'text', label: 'as text' },
            { value: 'json', label: 'as number, true, null' },
          ]}
          value={reading}
          onChange={({ currentTarget }) =>
            onChange({ ...value, reading: currentTarget.value === 'json' ? 'json' : 'text' })
          }
          w={190}
        />
      )}
      <ActionIcon variant="default" size="lg" onClick={onRemove} aria-label={name('remove')}>
        ✕
      </ActionIcon>
    </Group>
  );
}

/** Beginnings are texts. */
function withOperator(value: ConditionDraft, operator: Operator): ConditionDraft {
  return { ...value, operator, reading: operator === 'prefix' ? 'text' : value.reading };
}
