// Reads what the verdict on a number needs and judges it (domain/send_readiness.hpp).
#pragma once

#include "base/error.hpp"
#include "domain/number.hpp"
#include "domain/send_readiness.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// The obstacle opt_out is about a recipient and never part of this: a send adds it itself.
result<send_readiness> send_readiness_of(session& work, const workflow_environment& env,
                                         const number& which);

}  // namespace dialplane
