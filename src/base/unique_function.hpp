// A move-only std::function: holds one callable, calls it any number of times, never copies it.
//
// std::function demands copyable callables, which rules out captured responders and buffers;
// std::move_only_function comes with C++23 only. Callables of up to 64 bytes live inside.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "base/check.hpp"

namespace dialplane {

template <typename Signature>
class unique_function;

template <typename R, typename... Args>
class unique_function<R(Args...)> {
 public:
  unique_function() noexcept = default;
  unique_function(std::nullptr_t) noexcept {}

  template <typename F>
    requires(!std::is_same_v<std::decay_t<F>, unique_function> &&
             std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
  unique_function(F&& callable) {
    using stored = std::decay_t<F>;
    if constexpr (fits_inside<stored>) {
      ::new (static_cast<void*>(inside_)) stored(std::forward<F>(callable));
      actions_ = &inside_actions<stored>;
    } else {
      *reinterpret_cast<stored**>(inside_) = new stored(std::forward<F>(callable));
      actions_ = &heap_actions<stored>;
    }
  }

  unique_function(unique_function&& other) noexcept { take(other); }
  unique_function& operator=(unique_function&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  unique_function(const unique_function&) = delete;
  unique_function& operator=(const unique_function&) = delete;
  ~unique_function() { reset(); }

  explicit operator bool() const noexcept { return actions_ != nullptr; }

  R operator()(Args... args) {
    DIALPLANE_CHECK(actions_ != nullptr);
    return actions_->call(inside_, std::forward<Args>(args)...);
  }

 private:
  static constexpr std::size_t inside_bytes = 64;

  struct actions {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };

  template <typename F>
  static constexpr bool fits_inside = sizeof(F) <= inside_bytes &&
                                      alignof(F) <= alignof(std::max_align_t) &&
                                      std::is_nothrow_move_constructible_v<F>;

  template <typename F>
  static constexpr actions inside_actions{
      [](void* at, Args&&... args) -> R {
        return (*static_cast<F*>(at))(std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept {
        ::new (to) F(std::move(*static_cast<F*>(from)));
        static_cast<F*>(from)->~F();
      },
      [](void* at) noexcept { static_cast<F*>(at)->~F(); }};

  template <typename F>
  static constexpr actions heap_actions{
      [](void* at, Args&&... args) -> R {
        return (**static_cast<F**>(at))(std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept { *static_cast<F**>(to) = *static_cast<F**>(from); },
      [](void* at) noexcept { delete *static_cast<F**>(at); }};

  void take(unique_function& other) noexcept {
    actions_ = other.actions_;
    if (actions_ != nullptr) actions_->move(other.inside_, inside_);
    other.actions_ = nullptr;
  }

  void reset() noexcept {
    if (actions_ != nullptr) actions_->destroy(inside_);
    actions_ = nullptr;
  }

  alignas(std::max_align_t) std::byte inside_[inside_bytes];
  const actions* actions_ = nullptr;
};

}  // namespace dialplane
