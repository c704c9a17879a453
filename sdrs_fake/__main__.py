"""The program: `sdrs-fake`, which is also `python -m sdrs_fake`."""


def main() -> None:
    """Run the program; an interrupt while it loads or ends gives no traceback either."""
    try:
        from sdrs_fake.interrupts import exit_in_imports

        exit_in_imports()
        from sdrs_fake.cli import run_program

        run_program()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
