// What operations work with. Owned by server/ and outliving everything that holds a reference.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/metrics.hpp"
#include "base/sealing.hpp"
#include "carriers/carrier_registry.hpp"
#include "domain/business_rules.hpp"
#include "store/store.hpp"

namespace dialplane {

struct workflow_environment {
  store& database;
  carrier_registry& carriers;
  const clock& time;
  id_generator& ids;
  const business_rules& rules;
  metrics_registry& metrics;
  std::string installation;      // six base62 characters, part of every mark
  std::string public_url;        // where carriers reach us, for routing
  const sealer& seals;           // a brand's filing names the EIN
};

}  // namespace dialplane
