// Rows of approvals.
#pragma once

#include <array>
#include <optional>

#include "base/error.hpp"
#include "domain/approval.hpp"
#include "store/paging.hpp"

namespace dialplane {

class approval_queries {
 public:
  virtual ~approval_queries() = default;
  virtual result<void> insert(const approval& row) = 0;
  virtual result<void> update(const approval& row) = 0;
  virtual result<std::optional<approval>> find(organization_id owner, approval_id id) = 0;
  // `of` and `only`: nothing means all.
  virtual result<page<approval>> page_of(organization_id owner, std::optional<user_id> of,
                                         std::optional<approval_status> only,
                                         const page_request& cut) = 0;
  // The newest approval with that request hash made since `since`.
  virtual result<std::optional<approval>> newest_equal(
      organization_id owner, const std::array<std::uint8_t, 16>& request_hash,
      timestamp since) = 0;
};

}  // namespace dialplane
