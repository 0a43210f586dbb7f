// A job: the runner's reminder that something is to be done at or after a time.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class job_kind_name {
  advance_operation,
  expire_approval,
  send_text,
};
NAMED_ENUM(job_kind_name, {job_kind_name::advance_operation, "advance_operation"},
           {job_kind_name::expire_approval, "expire_approval"},
           {job_kind_name::send_text, "send_text"});

struct job {
  job_id id;
  organization_id organization;
  job_kind_name kind = job_kind_name::advance_operation;
  uuid_bytes subject{};              // operation, approval or text
  timestamp run_at;
  std::int64_t attempts = 0;
  std::optional<timestamp> leased_until;  // set while a runner works on it
};

}  // namespace dialplane
