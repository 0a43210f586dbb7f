// What use cases work with. Owned by server/.
#pragma once

#include "base/random.hpp"
#include "base/sealing.hpp"
#include "workflow/environment.hpp"
#include "workflow/runner.hpp"
#include "workflow/texts/carrier_inbox.hpp"
#include "workflow/texts/send_queue.hpp"
#include "workflow/texts/text_waiters.hpp"

namespace dialplane {

struct app_environment {
  workflow_environment& work;
  runner& operations;
  const sealer& seals;
  random_source& random;
  send_queue& texts;
  carrier_inbox& inbox;
  text_waiters& waiters;

  store& database() const { return work.database; }
  const business_rules& rules() const { return work.rules; }
  timestamp now() const { return work.time.now(); }
  id_generator& ids() const { return work.ids; }
};

}  // namespace dialplane
