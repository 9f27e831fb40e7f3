import type { CategoryFeature, Feature, NumberFeature, YesNoFeature } from '@banknote-loop/shared/data-set';
import { useState } from 'preact/hooks';
import { Choice } from '../ui/choice.tsx';
import type { Range } from './use-ranges.ts';

interface Props<Kind extends Feature = Feature> {
  readonly feature: Kind;
  readonly text: string;
  readonly problem: string | undefined;
  /** Between which values it can be moved; nothing where it is only typed. */
  readonly range: Range | undefined;
  readonly onChange: (text: string) => void;
}

/** What asks for one value; an empty text says that it is missing, where it may be. */
export function FeatureField(props: Props) {
  const { feature, problem } = props;
  const hint = hintOf(feature);
  return (
    <div class="field">
      {control(props)}
      {props.range && feature.kind === 'number' ? (
        <Slider {...props} feature={feature} range={props.range} />
      ) : null}
      {hint ? <small id={`hint-${feature.column}`}>{hint}</small> : null}
      {problem === undefined ? null : (
        <small class="wrong" id={`problem-${feature.column}`}>
          {problem}
        </small>
      )}
    </div>
  );
}

function control(props: Props) {
  const { feature } = props;
  switch (feature.kind) {
    case 'number':
      return <NumberControl {...props} feature={feature} />;
    case 'category':
      return <CategoryControl {...props} feature={feature} />;
    case 'yes-no':
      return <YesNoControl {...props} feature={feature} />;
  }
}

function NumberControl({ feature, text, problem, onChange }: Props<NumberFeature>) {
  const { name, integer, missing, strict, min, max } = feature;
  return (
    <label>
      {name}
      <input
        type="number"
        required={!missing}
        step={integer ? '1' : 'any'}
        inputMode={integer ? 'numeric' : 'decimal'}
        {...(strict && min !== undefined ? { min } : {})}
        {...(strict && max !== undefined ? { max } : {})}
        {...(missing ? { placeholder: 'missing' } : {})}
        {...described(feature, problem)}
        value={text}
        onInput={event => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

const stepsOfSlider = 200;

/** Moves a number through what is known of it. */
function Slider({
  feature: { name, integer },
  range: { min, max },
  text,
  onChange,
}: Props<NumberFeature> & { readonly range: Range }) {
  const step = integer ? 1 : niceStep((max - min) / stepsOfSlider);
  return (
    <input
      type="range"
      aria-label={`${name}, to be moved`}
      min={min}
      max={max}
      step={step}
      value={text === '' ? (min + max) / 2 : text}
      onInput={event => onChange(event.currentTarget.value)}
    />
  );
}

/** 0.137 would give values that nobody wants to read; 0.1 does not. */
function niceStep(step: number): number {
  return Number(`1e${Math.floor(Math.log10(step))}`);
}

/** No category can be called so: names have no blank at their ends. */
const another = ' another';

function CategoryControl({ feature, text, problem, onChange }: Props<CategoryFeature>) {
  const { name, categories, missing, unknown } = feature;
  const [isOther, setOther] = useState(false);
  // A row that is filled in may bring a category that is not listed, too.
  const isFree = unknown === 'accept' && (isOther || (text !== '' && !categories.includes(text)));
  const choose = (value: string): void => {
    setOther(value === another);
    onChange(value === another ? '' : value);
  };
  return (
    <>
      <label>
        {name}
        <select
          required={!missing}
          {...described(feature, problem)}
          value={isFree ? another : text}
          onChange={event => choose(event.currentTarget.value)}
        >
          {missing || !categories.includes(text) ? (
            <option value="">{missing ? 'missing' : 'choose one'}</option>
          ) : null}
          {categories.map(category => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
          {unknown === 'accept' ? <option value={another}>another one …</option> : null}
        </select>
      </label>
      {isFree ? (
        <input
          aria-label={`${name}, another one`}
          required
          maxLength={200}
          placeholder="one that is not listed"
          value={text}
          onInput={event => {
            setOther(true);
            onChange(event.currentTarget.value);
          }}
        />
      ) : null}
    </>
  );
}

const answers = { yes: 'yes', no: 'no' } as const;
const answersOrNone = { ...answers, '': 'missing' } as const;

function YesNoControl({ feature: { name, missing }, text, onChange }: Props<YesNoFeature>) {
  return (
    <>
      <span class="field-name" aria-hidden="true">
        {name}
      </span>
      <Choice<string>
        legend={name}
        value={text}
        options={missing ? answersOrNone : answers}
        onChange={onChange}
      />
    </>
  );
}

function described(feature: Feature, problem: string | undefined) {
  if (problem !== undefined) return { 'aria-describedby': `problem-${feature.column}`, 'aria-invalid': true };
  return hintOf(feature) ? { 'aria-describedby': `hint-${feature.column}` } : {};
}

/** What the declaration says of a feature, and which numbers it expects. */
function hintOf(feature: Feature): string {
  const range = feature.kind === 'number' ? rangeOf(feature) : '';
  return [feature.hint, range].filter(Boolean).join('; ');
}

function rangeOf({ min, max }: NumberFeature): string {
  if (min !== undefined && max !== undefined) return `${signed(min)} to ${signed(max)}`;
  if (min !== undefined) return `${signed(min)} or more`;
  return max === undefined ? '' : `${signed(max)} or less`;
}

function signed(value: number): string {
  return String(value).replace('-', '−');
}
