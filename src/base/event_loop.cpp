#include "base/event_loop.hpp"

namespace dialplane {

namespace {
thread_local event_loop* current_loop = nullptr;
}

event_loop* event_loop::current() noexcept { return current_loop; }

void event_loop::set_current(event_loop* loop) noexcept { current_loop = loop; }

}  // namespace dialplane
