// Writes down what became of a try, in one transaction with everything that follows from it: the
// next try or the end, the endpoint switched off, an agent's reply taken.
#pragma once

#include "base/ids.hpp"
#include "base/random.hpp"
#include "store/session.hpp"
#include "webhooks/delivery_schedule.hpp"
#include "webhooks/try_outcome.hpp"

namespace dialplane {

struct recording {
  const delivery_schedule& schedule;
  const clock& time;
  id_generator& ids;
  random_source& random;
  agent_reply_taker& replies;  // empty: replies are not taken
};

enum class after_try {
  delivered,
  retried,  // tried again at next_at
  dead,     // given up
  ignored,  // it had ended meanwhile
};

struct recorded_try {
  after_try what = after_try::ignored;
  std::optional<timestamp> next_at;
  bool switched_off = false;  // the endpoint
};

// `tried` is the delivery as it was before the try. An error is the store's or the reply taker's;
// then nothing of it is written.
result<recorded_try> record_try(session& work, const recording& with, const delivery& tried,
                                const try_outcome& outcome);

}  // namespace dialplane
