/** What others see of an agent that `rhema run` has joined for the time of its command. */
export const runProgram = 'rhema run';
