import { timeOrderedUuid, uuidFromName } from '@banknote-loop/shared/base';
import type {
  FeedbackMessage,
  ModelMessage,
  PredictionMessage,
  RequestMessage,
} from '@banknote-loop/shared/contract';

// One well-formed message of each kind; a test overrides only what it is about.

export function aRequest(over: Partial<RequestMessage> = {}): RequestMessage {
  const { subjects = ['a', 'b'] } = over;
  return { batch_id: timeOrderedUuid(), subjects, features: subjects.map((_, i) => aNote(i)), ...over };
}

/** The notes are called real and fake in turn. */
export function aPrediction(over: Partial<PredictionMessage> = {}): PredictionMessage {
  const { subjects = ['a', 'b'] } = over;
  const scores = over.scores ?? subjects.map((_, i) => (i % 2 === 0 ? 0.9 : 0.1));
  return {
    batch_id: timeOrderedUuid(),
    subjects,
    input: subjects.map((_, i) => aNote(i)),
    output: scores.map(score => (score >= 0.5 ? 'real' : 'fake')),
    scores,
    model_file_name: 'model-1.json',
    ...over,
  };
}

export function aFeedback(over: Partial<FeedbackMessage> = {}): FeedbackMessage {
  const { subjects = ['a', 'b'] } = over;
  return { batch_id: timeOrderedUuid(), subjects, ratings: subjects.map(() => 1), ...over };
}

export function aModel(over: Partial<ModelMessage> = {}): ModelMessage {
  return {
    job_id: uuidFromName('job', over.model_file_name ?? 'model-1.json'),
    model_file_name: 'model-1.json',
    records: 1000,
    accuracy: 0.99,
    report: {},
    data_prep_time: 0.1,
    training_time: 0.2,
    testing_time: 0.3,
    promoted: true,
    reason: 'It is the first one.',
    ...over,
  };
}

export function aNote(number: number): [number, number, number, number] {
  return [number, number + 0.25, number - 0.5, 10 - number];
}
