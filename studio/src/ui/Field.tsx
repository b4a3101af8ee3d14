import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  placeholder?: string;
  numeric?: boolean;
  hint?: string;
  options?: string[];
  trailing?: ComponentChildren;
  className?: string;
}

/** A labelled number or text of the form. */
export function Field({
  label,
  value,
  onInput,
  placeholder,
  numeric,
  hint,
  options,
  trailing,
  className = "",
}: FieldProps) {
  const id = useId();
  return (
    <div class={`field ${className}`}>
      <label for={id}>{label}</label>
      <div class="with-trailing">
        <input
          id={id}
          value={value}
          placeholder={placeholder}
          inputMode={numeric ? "decimal" : undefined}
          autocomplete="off"
          list={options ? `${id}-options` : undefined}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        {trailing}
      </div>
      {options && (
        <datalist id={`${id}-options`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function Choice({
  label,
  value,
  onChange,
  options,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: [value: string, name: string][];
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
