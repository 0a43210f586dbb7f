// The carriers of this installation, by name. Filled once at start by server/, read-only after.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "carriers/carrier.hpp"

namespace dialplane {

class carrier_registry {
 public:
  void add(std::unique_ptr<carrier> one);
  // Null for an unknown name.
  carrier* find(std::string_view name) const noexcept;
  // Where new numbers are bought; at least one must have been added.
  carrier& preferred() const;
  const std::vector<std::unique_ptr<carrier>>& all() const noexcept { return carriers_; }

 private:
  std::vector<std::unique_ptr<carrier>> carriers_;
};

}  // namespace dialplane
