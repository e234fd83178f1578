// Be the gate, from its traits: what is to be seen, and what each move leaves behind. Pure: no drawing.
import {
  arrivals,
  bestScore,
  BOARD_RULES,
  costs,
  dialsOfRule,
  fewestMoves,
  judged,
  meanOf,
  movesOf,
  otherNumbers,
  painted,
} from './board_rules.js';
import { trainedCell, trainedHabit } from './board_trained.js';

const RULE = 'gates';

/** The sequence on the board: { numbers, marks }. In round 3 it is one of the unseen. */
export function boardSequence({ round, sequence, sequences, marks, unseen }) {
  const [numbers, marked] = round === 3 ? unseen : [sequences, marks],
    at = Math.min(sequence, numbers.length - 1); // while Python sends a new round and then its sequence
  return { numbers: numbers[at], marks: marked[at] };
}

const unseenList = ([numbers, marks]) => numbers.map((row, k) => ({ numbers: row, marks: marks[k] }));
const everySequence = ({ sequences, marks, unseen }) => [
  ...unseenList([sequences, marks]),
  ...(unseen ? unseenList(unseen) : []),
];
const dialsFor = (state, { marks }) =>
  state.round === 3 ? dialsOfRule(state.rule, marks) : { input: state.input, forget: state.forget };

/** All that is drawn and said, from the traits. */
export function boardView(state) {
  const { round, tested, scores } = state,
    row = boardSequence(state),
    dials = dialsFor(state, row),
    start = state._starts[round - 1],
    shares = arrivals(RULE, dials, row.numbers.length);
  const tests = !tested ? [] : round === 3 ? unseenList(state.unseen) : otherNumbers(row, state.sequence),
    trials = tests.map((test) => judged(RULE, dialsFor(state, test), test));
  const network = state.trained[state.network],
    looking = state.overlay && network && !(round === 3 && !tested);
  const view = {
    ...{ round, tested, dials, start, shares, trials, ...row, ...judged(RULE, dials, row) },
    ...{ rule: state.rule, sequence: state.sequence, most: BOARD_RULES[RULE].most, network: state.network },
    costs: costs(shares, row.numbers, row.marks),
    blind: round === 3 && !tested,
    moves: movesOf(dials, start),
    fewest: fewestMoves(row.marks, start),
    count: round === 3 ? state.unseen[0].length : state.sequences.length,
    lastRound: state.unseen ? 3 : 2,
    best: bestScore(scores, round),
    networks: state.trained.length ? state.trained.map(({ name }) => name) : null,
    mayLook: tested || (round !== 3 && scores.some((s) => s.round === round && s.sequence === state.sequence)),
  };
  view.trainedError = network ? trainedError(network, round === 3 ? unseenList(state.unseen) : [row]) : null;
  view.score = tested ? scoreOfBoard(view) : null;
  if (!looking) return { ...view, trained: null, answers: null };
  return {
    ...view,
    trained: { ...trainedCell(network, row), weight: network.readout[0] },
    habit: trainedHabit(network, everySequence(state)),
    answers: tests.length ? tests.map((test) => trainedCell(network, test).answer.at(-1)) : null,
  };
}

function trainedError(network, rows) {
  const errors = rows.map((row) =>
    Math.abs(trainedCell(network, row).answer.at(-1) - BOARD_RULES[RULE].goal(row.numbers, row.marks)),
  );
  return meanOf(errors);
}

function scoreOfBoard({ round, sequence, error, trials, moves, fewest, trainedError: trained }) {
  const others = meanOf(trials.map((trial) => trial.error));
  return { round, sequence, error: round === 3 ? others : error, others, moves, fewest, trained };
}

/** Every dial where the round begins, and nothing tried yet. */
export function freshBoard({ round, _starts, sequences }) {
  const { input, forget } = _starts[round - 1],
    all = (value) => sequences[0].map(() => value),
    both = (value) => ({ marked: value, other: value });
  return {
    ...{ input: all(input), forget: all(forget), rule: { input: both(input), forget: both(forget) } },
    ...{ tested: false, overlay: false },
  };
}

/** What changes when the reader goes to a round: its first sequence; round 2 leaves the warm-up's behind. */
export const toRound = (state, round) => ({
  round,
  sequence: round === 2 ? Math.min(1, state.sequences.length - 1) : 0,
  ...freshBoard({ ...state, round }),
});

/** What changes at the next sequence; in the blind round the rule stays. */
export function nextSequence(state) {
  if (state.round === 3) return { sequence: (state.sequence + 1) % state.unseen[0].length };
  return { sequence: (state.sequence + 1) % state.sequences.length, ...freshBoard(state) };
}

/** What changes when dials from one step to another take a value. In round 3 that is the rule for the last one's kind,
 *  and a run stays shown; elsewhere a test is over as soon as a dial moves. */
export function withDial(state, name, from, to, value) {
  if (state.round !== 3) return { [name]: painted(state[name], from, to, value), tested: false };
  const kind = boardSequence(state).marks[to] ? 'marked' : 'other';
  return { rule: { ...state.rule, [name]: { ...state.rule[name], [kind]: value } } };
}

/** What changes at a test: it is shown, and its score is kept. */
export function withTest(state) {
  if (state.tested) return {};
  const { score } = boardView({ ...state, tested: true });
  return { tested: true, scores: [...state.scores, score] };
}
