// The questionnaire of a closed matter: which questions are asked after which answers, and what is still missing.

// asked are the questions that the answers so far call for.
function asked(questions, said) {
  return questions.filter(q => !q.when || (q.is || '').split(' ').includes(said[q.when]))
}

// form holds the answers to what is asked, no others.
function form(questions, said) {
  const out = {}
  asked(questions, said).forEach(q => { if (said[q.name]) out[q.name] = said[q.name] })
  return out
}

// missing is the name of the first question that needs an answer.
function missing(questions, said) {
  const q = asked(questions, said).find(q => q.required && !said[q.name])
  return q ? q.name : ''
}

module.exports = { asked, form, missing }
