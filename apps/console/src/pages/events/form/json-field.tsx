import { Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import type { TypedJson } from '../../../ui/json-object.js';

interface Props {
  label: string;
  description: string;
  text: string;
  typed: TypedJson;
  onChange: (text: string) => void;
  /** The API's, of what was sent last. */
  problem: string | undefined;
}

/** A JSON object as a text, which is read while it is typed. */
export function JsonField({ label, description, text, typed, onChange, problem }: Props): ReactNode {
  return (
    <Textarea
      label={label}
      description={description}
      required
      autosize
      minRows={6}
      maxRows={24}
      spellCheck={false}
      value={text}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      error={typed.kind === 'wrong' ? typed.message : problem}
      classNames={{ input: 'mono' }}
    />
  );
}
