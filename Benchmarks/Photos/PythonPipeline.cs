using System.Diagnostics;
using EmotionMLNet.Benchmarks.Compare;
using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Benchmarks.Photos;

/// <summary>
/// The peer: Python workers which decode with Pillow's draft mode and resize, each with ONNX Runtime behind a pipe (worker.py).
/// </summary>
internal sealed class PythonPipeline
{
    private const int Batch = 16;

    private readonly string work;
    private readonly string[] arguments;
    private readonly int count;

    /// <param name="model">Exported for ONNX Runtime.</param>
    /// <param name="work">A folder for that and for lists of files.</param>
    /// <param name="count">Workers.</param>
    public PythonPipeline(ModelZip model, string work, int count)
    {
        this.work = work;
        this.count = count;
        var p = model.Manifest.Preprocessing;
        string onnx = Path.Combine(work, "model.onnx");
        model.ExportOnnx(onnx);
        arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Photos", "worker.py"),
            $"{p.Width}",
            $"{p.Height}",
            $"{p.Channels}",
            $"{p.Resize}",
            $"{Batch}",
            "dotnet",
            typeof(BatchWorker).Assembly.Location,
            BatchWorker.Verb,
            onnx,
            $"{p.Channels}",
            $"{p.Height}",
            $"{p.Width}",
        ];
    }

    /// <summary>Starts the workers and waits until their models are loaded.</summary>
    public Workers Start()
    {
        var processes = new Process[count];
        for (int i = 0; i < count; i++)
            processes[i] = Process.Start(
                new ProcessStartInfo(Peers.Python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true }
            )!;
        var workers = new Workers(processes, work);
        workers.Expect(_ => "ready");
        return workers;
    }

    /// <summary>Processes under way.</summary>
    internal sealed class Workers(Process[] processes, string work) : IDisposable
    {
        /// <summary>Goes through files, a contiguous share a worker.</summary>
        /// <param name="files">Full paths.</param>
        /// <param name="labels">Whether to classify, or only to decode and resize.</param>
        public void Run(string[] files, bool labels)
        {
            for (int i = 0; i < processes.Length; i++)
            {
                string list = Path.Combine(work, $"files-{i}.txt");
                Files.AtomicFile.WriteText(list, string.Join('\n', Share(files, i)));
                processes[i].StandardInput.WriteLine($"{(labels ? "labels" : "decode")} {list}");
                processes[i].StandardInput.Flush();
            }
            Expect(i => $"done {Share(files, i).Length}");
        }

        /// <summary>Waits until each has said its line.</summary>
        public void Expect(Func<int, string> line)
        {
            for (int i = 0; i < processes.Length; i++)
                if (processes[i].StandardOutput.ReadLine() != line(i))
                    throw new InvalidOperationException($"A worker of the Python pipeline should have said '{line(i)}'.");
        }

        public void Dispose()
        {
            foreach (Process process in processes)
            {
                process.StandardInput.Close();
                process.WaitForExit();
                process.Dispose();
            }
        }

        private string[] Share(string[] files, int worker) =>
            files[(files.Length * worker / processes.Length)..(files.Length * (worker + 1) / processes.Length)];
    }
}
