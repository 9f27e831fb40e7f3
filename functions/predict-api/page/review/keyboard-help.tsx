import { useClasses } from '../data-set.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface Props {
  readonly keys: ReadonlyMap<string, string>;
  readonly onClose: () => void;
}

/** All that the keyboard can do here. */
export function KeyboardHelp({ keys, onClose }: Props) {
  const hasTwoClasses = useClasses().length === 2;
  const rows: readonly (readonly [string, string])[] = [
    ['y', 'the answer is right; on to the next'],
    [
      'n',
      hasTwoClasses ? 'the answer is wrong; on to the next' : 'the answer is wrong; then type what it is',
    ],
    ...[...keys].map(([key, name]): [string, string] => [key, `it is ${name}; on to the next`]),
    ['j', 'the next one'],
    ['k', 'the one before'],
    ['w', 'why the model says so'],
    ['u', 'take the last mark or rating back'],
    ['s', 'save (every 25 marks are saved by themselves)'],
    ['?', 'this help'],
  ];
  return (
    <Dialog title="Review by keyboard" onClose={onClose}>
      <table class="keyboard-help">
        <tbody>
          {rows.map(([key, meaning]) => (
            <tr key={key}>
              <th scope="row">
                <kbd>{key}</kbd>
              </th>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </Dialog>
  );
}
