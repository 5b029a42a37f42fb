using System.Diagnostics;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Workers;

/// <summary>Trains trials in a process of its own, which ends with this one, however that ends.</summary>
internal sealed class WorkerProcess : ITrialRunner
{
    private readonly Process process;

    /// <param name="start">Starts a process that calls <see cref="WorkerService.Serve"/>.</param>
    /// <param name="plan">The search.</param>
    /// <param name="layout">How it is laid out.</param>
    public WorkerProcess(ProcessStartInfo start, string plan, SearchLayout layout)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        process = Process.Start(start) ?? throw new TrainingFailedException($"{start.FileName} could not be started.");
        Send(new() { Plan = plan, Layout = layout.Write() });
    }

    public void Run(TrialJob job, Func<TrialEpoch, bool> report, CancellationToken cancellation)
    {
        Send(new() { Job = job });
        using CancellationTokenRegistration registration = cancellation.Register(Cancel);
        while (true)
        {
            switch (Receive())
            {
                case { Epoch: { } epoch }:
                    Send(new() { GoesOn = report(epoch) });
                    break;
                case { IsDone: true }:
                    return;
                case { IsReleased: true }:
                    throw new OperationCanceledException(cancellation);
                case { Failure: { } reason }:
                    throw new TrainingFailedException(reason);
            }
        }
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10))) process.Kill();
        process.Dispose();
    }

    // Called on the thread of a timer, perhaps: that the process is gone is heard where its answer is read.
    private void Cancel()
    {
        try
        {
            Send(new() { IsCancelled = true });
        }
        catch (WorkerLostException)
        {
            // As above.
        }
    }

    private void Send(WorkerMessage message)
    {
        try
        {
            message.Write(process.StandardInput);
        }
        catch (IOException)
        {
            throw Lost();
        }
    }

    private WorkerMessage Receive() => WorkerMessage.Read(process.StandardOutput) ?? throw Lost();

    private WorkerLostException Lost() =>
        new(process.WaitForExit(1000) ? $"its process ended with code {process.ExitCode}" : "its process closed the connection");
}
