#include "carriers/carrier_registry.hpp"

#include "base/check.hpp"

namespace dialplane {

void carrier_registry::add(std::unique_ptr<carrier> one) {
  CHECK(one != nullptr && find(one->abilities().name) == nullptr);
  carriers_.push_back(std::move(one));
}

carrier* carrier_registry::find(std::string_view name) const noexcept {
  for (const auto& one : carriers_) {
    if (one->abilities().name == name) return one.get();
  }
  return nullptr;
}

carrier& carrier_registry::preferred() const {
  CHECK(!carriers_.empty());
  return *carriers_.front();
}

}  // namespace dialplane
