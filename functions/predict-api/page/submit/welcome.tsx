import { useDataSet } from '../data-set.tsx';
import { joinWords } from '../format.ts';
import { useLocalStorage } from '../use-local-storage.ts';

/** What all this is, for those who come here for the first time. */
export function Welcome() {
  const [seen, setSeen] = useLocalStorage('welcome-seen');
  const { item, features, label } = useDataSet();
  if (seen) return null;
  const classes = label.classes.map(({ name }) => name);
  const possible =
    classes.length <= 4 ? `whether it is ${joinWords(classes)}` : `which of ${classes.length} classes it is`;
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">A model that learns from you</h2>
      <ol>
        <li>
          <b>Submit</b> one {item}, by {features.length === 1 ? 'its value' : `its ${features.length} values`}
          . A model says {possible}, and how sure it is.
        </li>
        <li>
          <b>Review</b> its answers, and say where it was wrong.
        </li>
        <li>
          A new model is trained from your word by itself. It takes over only if it is <b>not worse</b>, and
          you get a receipt that says what became of your correction.
        </li>
      </ol>
      <button type="button" onClick={() => setSeen('yes')}>
        Got it
      </button>
    </section>
  );
}
