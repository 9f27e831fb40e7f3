interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly value: Value;
  readonly options: Readonly<Partial<Record<Value, string>>>;
  readonly onChange: (value: Value) => void;
}

/** One of a few, side by side: radio buttons to the keyboard and the screen reader. */
export function Choice<Value extends string>({ legend, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <fieldset class="choice">
      <legend class="unseen">{legend}</legend>
      {keysOf(options).map(key => (
        <label key={key} class={key === value ? 'chosen' : ''}>
          <input type="radio" name={legend} checked={key === value} onChange={() => onChange(key)} />
          {options[key]}
        </label>
      ))}
    </fieldset>
  );
}

function keysOf<Value extends string>(options: Readonly<Partial<Record<Value, string>>>): readonly Value[] {
  const keys: Value[] = [];
  for (const key in options) keys.push(key);
  return keys;
}
