using EmotionMLNet.Terminal;
using System.Diagnostics;
using EmotionMLNet.Benchmarks.Compare;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Training.DrawnFaces;

namespace EmotionMLNet.Benchmarks.Photos;

/// <summary>Folders of made photographs: a few different ones, written by Pillow, each there many times.</summary>
internal static class PhotoFolder
{
    private const int Different = 8, FaceSide = 800, Width = 4000, Height = 3000, Quality = 90;

    /// <summary>Makes the folders baseline and progressive with <paramref name="count"/> files each.</summary>
    /// <param name="work">For what is needed on the way.</param>
    /// <param name="photos">Receives the two folders.</param>
    /// <param name="count">Files.</param>
    /// <returns>False, with a line, where there is no Python.</returns>
    public static bool TryMake(string work, string photos, int count)
    {
        if (!File.Exists(Peers.Python))
        {
            Console.Error.WriteLine($"There is nothing to measure: {Peers.Python}, whose Pillow writes the photographs, is not here.");
            return false;
        }
        DirectoryInfo faces = Directory.CreateDirectory(Path.Combine(work, "faces"));
        for (int i = 0; i < Different; i++)
        {
            byte[] png = PngEncoder.Encode(
                FaceGenerator.Draw(FaceGenerator.Labels[i % FaceGenerator.Labels.Count], number: i, seed: 4, FaceSide)
            );
            AtomicFile.Write(Path.Combine(faces.FullName, $"{i}.png"), s => s.Write(png));
        }
        string originals = Path.Combine(work, "originals");
        string script = Path.Combine(AppContext.BaseDirectory, "Photos", "make-photos.py");
        using Process process = Process.Start(Peers.Python, [script, faces.FullName, originals, $"{Width}", $"{Height}", $"{Quality}"]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{script} ended with exit code {process.ExitCode}.");
        foreach (DirectoryInfo kind in new DirectoryInfo(originals).GetDirectories())
        {
            Directory.CreateDirectory(Path.Combine(photos, kind.Name));
            FileInfo[] different = [.. kind.GetFiles().OrderBy(f => f.Name, StringComparer.Ordinal)];
            for (int i = 0; i < count; i++) different[i % different.Length].CopyTo(Path.Combine(photos, kind.Name, $"{i:0000}.jpg"));
            Console.Error.WriteLine(
                FormattableString.Invariant($"{kind.Name}: {different.Average(f => f.Length) / 1e6:0.0} MB a photograph")
            );
        }
        return true;
    }
}
